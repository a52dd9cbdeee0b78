export function serve(root: string): Promise<{ url: string; close: () => void }>;
