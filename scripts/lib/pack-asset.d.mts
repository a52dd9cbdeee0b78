interface Measure {
  bytes: number;
  sha256: string;
}

export function packAsset(from: string, to: string): Promise<Measure & { plain: Measure }>;
