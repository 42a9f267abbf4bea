"use client";
// ruleid: server-module-in-client
import { headers } from "next/headers";

// ok: server-module-in-client
import type { Pool } from "pg";
