"use client";
// ruleid: server-module-in-client
import fs from "node:fs";

// ok: server-module-in-client
import { useState } from "react";
