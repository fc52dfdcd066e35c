// Asks for the trace or the chain that the address names before the modules are there: it takes as long as they do.
{
  const [kind, id] = location.hash.replace(/^#\/?/, "").split("/");
  const paths = { trace: () => `/api/traces/${id.toLowerCase()}/linked`, chain: () => `/api/chains/${encodeURIComponent(decodeURIComponent(id))}` };
  if (id && Object.hasOwn(paths, kind)) {
    try {
      const path = paths[kind]();
      const answer = fetch(path);
      // Whoever takes it says what is wrong.
      answer.catch(() => null);
      globalThis.early = { path, answer };
    } catch { /* An address that isn't well written is dealt with by who reads it. */ }
  }
}
