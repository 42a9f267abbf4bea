function SeededPost({ html }: { html?: string }) {
  // ruleid: html-from-variable
  return <div className="post" dangerouslySetInnerHTML={{ __html: html ?? "" }}></div>;
}

function SeededMore({ html }: { html: string }) {
  // ok: html-from-variable
  return <div>{html}</div>;
}
