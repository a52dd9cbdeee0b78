export function serve(
  root: string,
  options?: { readonly isolated?: boolean; readonly headers?: Readonly<Record<string, string>> },
): Promise<{ readonly url: string; close(): void }>;
