interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly right?: readonly string[];
  readonly code?: string;
  readonly browser?: boolean;
}

export function pictures(): Promise<{ readonly good: Picture[]; readonly broken: Picture[] }>;
