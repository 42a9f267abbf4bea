function SeededPost({ post }) {
  // ruleid: html-from-variable
  return <div dangerouslySetInnerHTML={{ __html: post.body }} />;
}

function SeededMore({ post, DOMPurify, STYLES }) {
  return (
    <article>
      {/* ok: html-from-variable */}
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(post.body) }} />
      {/* ok: html-from-variable */}
      <style dangerouslySetInnerHTML={{ __html: STYLES }} />
      {/* ok: html-from-variable */}
      <div dangerouslySetInnerHTML={{ __html: "<b>bold</b>" }} />
    </article>
  );
}
