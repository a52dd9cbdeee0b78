import type { Plugin } from 'vite';

/** What the built page may do: run its own code and wasm, and talk to its own origin only. */
const PAGE_POLICY: Record<string, string> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  // state/own-scripts.ts is the default; the library's workers name theirs.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default shiwu',
};

/** The dev server adds styles and markup, and speaks over a web socket for hot reload. */
const { 'require-trusted-types-for': _, 'trusted-types': __, ...ALSO_IN_DEV } = PAGE_POLICY;
const DEV_POLICY: Record<string, string> = {
  ...ALSO_IN_DEV,
  'script-src': "'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': "'self' ws:",
};

function write(policy: Record<string, string>): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

/** `frame-ancestors` works only as a header, so the page's own <meta> leaves it out. */
function headers(policy: Record<string, string>): Record<string, string> {
  return {
    'Content-Security-Policy': `${write(policy)}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

export const devHeaders = headers(DEV_POLICY);
export const previewHeaders = headers(PAGE_POLICY);

/** Writes the policy into the built page, so that any static host serves it. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'shiwu-content-security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: write(PAGE_POLICY) },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
