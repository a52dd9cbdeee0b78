interface Rules {
  createScriptURL(address: string): string;
}

interface Factory {
  createPolicy(name: 'default', rules: Rules): unknown;
}

/**
 * Trusted Types: the page's policy (plugins/csp.ts) lets no text become markup or code, and of addresses
 * only those that run our own files: of this place, or made by this very page.
 */
export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  trustedTypes?.createPolicy('default', {
    createScriptURL(address) {
      const { protocol, origin } = new URL(address, document.baseURI);
      if (protocol === 'blob:' || origin === location.origin) return address;
      throw new TypeError(`not a script of this page: ${address}`);
    },
  });
}
