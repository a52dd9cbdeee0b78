/**
 * Lets ONNX Runtime start from a compiled module. It takes only bytes, which every worker would have
 * to hold and compile anew: 14 MB and 0.3 s each. So it is given a token, and for the time of its
 * start `WebAssembly.instantiate` answers to that token with the module. The worker is ours alone,
 * nothing else can meet the replaced function.
 */

/** @param start is given the token to pass on as the runtime's bytes */
export async function withCompiled<T>(
  module: WebAssembly.Module,
  start: (token: ArrayBuffer) => Promise<T>,
): Promise<T> {
  const token = new ArrayBuffer(8);
  const original = WebAssembly.instantiate;
  const replacement = async (source: unknown, imports?: WebAssembly.Imports): Promise<unknown> => {
    if (!isToken(source, token)) return original(source as WebAssembly.Module, imports);
    return { module, instance: await original(module, imports) };
  };
  WebAssembly.instantiate = replacement as typeof WebAssembly.instantiate;
  try {
    return await start(token);
  } finally {
    WebAssembly.instantiate = original;
  }
}

function isToken(source: unknown, token: ArrayBuffer): boolean {
  return source === token || (ArrayBuffer.isView(source) && source.buffer === token);
}
