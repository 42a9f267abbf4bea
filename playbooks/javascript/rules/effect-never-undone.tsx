function SeededMeasured({ measure }: { measure: () => void }) {
  // ruleid: effect-never-undone
  useEffect(() => {
    if (measure) {
      document.addEventListener("scroll", measure);
    }
  }, [measure]);
  return <div />;
}

function SeededMore({ measure }: { measure: () => void }) {
  // ok: effect-never-undone
  useEffect(() => {
    document.addEventListener("scroll", measure);
    return () => document.removeEventListener("scroll", measure);
  }, [measure]);
  return <div />;
}
