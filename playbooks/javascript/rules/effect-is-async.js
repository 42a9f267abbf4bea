function seededLoaded(useEffect, load) {
  // ruleid: effect-is-async
  useEffect(async () => {
    await load();
  }, []);
}

function seededMore(useEffect, load) {
  // ok: effect-is-async
  useEffect(() => {
    const run = async () => load();
    run();
  }, []);
}
