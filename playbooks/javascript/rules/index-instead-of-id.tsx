function SeededRows({ orders }: { orders: { id: string }[] }) {
  // ruleid: index-instead-of-id
  return orders.map((order: { id: string }, at: number) => {
    return <li key={at} title={order.id} />;
  });
}

function SeededMore({ orders }: { orders: { id: string }[] }) {
  // ok: index-instead-of-id
  return orders.map((order, at) => <li key={order.id}>{at}</li>);
}
