export function writeWordTable(labels: string, folder: string): string;
