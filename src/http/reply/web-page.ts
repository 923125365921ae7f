/** Distinguishes a vendor's reply from one of something in between: a captive portal, a proxy, a login page. */

const pageTypes = /^\s*(text\/html|application\/xhtml\+xml|text\/xml|application\/xml)\b/i;

/** The first character that is neither blank nor a byte order mark. */
const beginsLikeMarkup = /^[\s\ufeff]*</;

/** Whether headers or the first bytes are those of an HTML page. No vendor answers with markup. */
export function isWebPage(reply: {
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}): boolean {
  return pageTypes.test(reply.headers['content-type'] ?? '') || beginsLikeMarkup.test(reply.text);
}
