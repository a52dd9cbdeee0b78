import { fileSize } from '../answer/format.js';
import { policyInForce, useRequests } from './requests.js';
import { words } from './words.js';

/** Not only a promise: the rule in force, and every request so far. */
export function TrustText() {
  const { trust } = words.value;
  const policy = policyInForce();
  const { own, foreign, bytes } = useRequests();
  return (
    <>
      <p class="explain-lead">{trust.lead}</p>
      <h3 class="explain-title">{trust.policyTitle}</h3>
      <p>{policy ? trust.policy : trust.noPolicy}</p>
      {policy && (
        <pre class="policy" lang="en" data-testid="policy">
          {policy.split('; ').join('\n')}
        </pre>
      )}
      <h3 class="explain-title">{trust.logTitle}</h3>
      <p data-testid="requests" data-own={own} data-foreign={foreign}>
        {foreign > 0 ? trust.foreign(foreign) : trust.log(own, fileSize(bytes))}
      </p>
      <p>{trust.logMore}</p>
      <h3 class="explain-title">{trust.tryTitle}</h3>
      <p>{trust.try}</p>
    </>
  );
}
