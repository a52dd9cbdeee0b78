/** What a Content-Security-Policy refused, as the browser tells the page. */

/** Of SecurityPolicyViolationEvent. */
interface Violation {
  readonly effectiveDirective: string;
  readonly blockedURI: string;
  readonly disposition: string;
}

/** Listens until `stop`; `directives` are those that scripts can meet, in the order in which they did. */
export class Violations {
  readonly #found: string[] = [];
  readonly #hear = (event: Event) => {
    const { effectiveDirective, disposition } = event as unknown as Violation;
    if (disposition !== 'report' && !this.#found.includes(effectiveDirective)) {
      this.#found.push(effectiveDirective);
    }
  };

  constructor() {
    globalThis.addEventListener?.('securitypolicyviolation', this.#hear);
  }

  /** The event comes in a task of its own, which may be later than the failure that it explains. */
  async directives(): Promise<readonly string[]> {
    await new Promise((resolve) => setTimeout(resolve));
    return [...this.#found];
  }

  stop(): void {
    globalThis.removeEventListener?.('securitypolicyviolation', this.#hear);
  }
}
