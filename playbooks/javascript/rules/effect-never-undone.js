function seededMeasured(useEffect, measure) {
  // ruleid: effect-never-undone
  useEffect(() => {
    window.addEventListener("resize", measure);
  }, []);
}

function seededMore(React, measure) {
  // ruleid: effect-never-undone
  React.useEffect(() => {
    measure();
    setInterval(measure, 1000);
  }, [measure]);
  // ok: effect-never-undone
  React.useEffect(() => {
    const timer = setInterval(measure, 1000);
    return () => clearInterval(timer);
  }, [measure]);
  // ok: effect-never-undone
  React.useEffect(() => {
    measure();
  }, [measure]);
}
