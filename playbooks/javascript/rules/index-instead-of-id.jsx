function SeededRows({ orders }) {
  // ruleid: index-instead-of-id
  return orders.map((order, index) => <li key={index}>{order.id}</li>);
}

function SeededMore({ orders, names }) {
  return (
    <ul>
      {/* ok: index-instead-of-id */}
      {orders.map((order) => <li key={order.id}>{order.id}</li>)}
      {/* ok: index-instead-of-id */}
      {names.map((name, index) => <li key={index}>{name}</li>)}
    </ul>
  );
}
