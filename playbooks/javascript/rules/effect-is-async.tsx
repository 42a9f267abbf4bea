function SeededLoaded({ load }: { load: () => Promise<void> }) {
  // ruleid: effect-is-async
  React.useEffect(async (): Promise<void> => {
    await load();
  }, [load]);
  return <div />;
}

function SeededMore({ load }: { load: () => Promise<void> }) {
  // ok: effect-is-async
  React.useEffect(() => {
    load().catch(console.error);
  }, [load]);
  return <div />;
}
