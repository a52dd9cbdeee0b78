/** Trusted Types: pages that demand them run a script's address only as a policy's word. */

interface Policy {
  createScriptURL(address: string): string;
}

interface Factory {
  readonly defaultPolicy: Policy | null;
  createPolicy(name: string, rules: Policy): Policy;
}

const policies = new Map<string, Policy | undefined>();

/**
 * The address as `new Worker` and its like take it: through our own policy where the browser has them.
 * One that has a default policy needs no other. Bundles that run in one page need a name each.
 */
export function trustedScript(address: string, name: string): string {
  const { trustedTypes: factory } = globalThis as { trustedTypes?: Factory };
  if (!factory || factory.defaultPolicy) return address;
  if (!policies.has(name)) policies.set(name, makePolicy(factory, name));
  // Of ours go in only the addresses of our own files.
  return policies.get(name)?.createScriptURL(address) ?? address;
}

/** undefined where the page does not allow the name; whether it needs any is seen when the script starts. */
function makePolicy(factory: Factory, name: string): Policy | undefined {
  try {
    return factory.createPolicy(name, { createScriptURL: (address) => address });
  } catch {
    return undefined;
  }
}
