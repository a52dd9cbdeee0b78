/** Said by the service worker and by the page. */

/** The query of the page that another app's photos open. */
export const SHARED = 'shared';

/** Where those photos wait for the page. */
export const SHARED_CACHE = 'shiwu-shared';
