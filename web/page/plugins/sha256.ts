import { createHash } from 'node:crypto';

/** In the words of Subresource Integrity and of the content security policy. */
export const sha256 = (content: string | Uint8Array): string =>
  `sha256-${createHash('sha256').update(content).digest('base64')}`;
