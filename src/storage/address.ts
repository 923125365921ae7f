/** Secrets in addresses. */

/** Parameters of signed addresses that give access to whoever has them (S3, Google, Azure, CloudFront). */
const secretParameters =
  /^(?:x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential)|signature|sig|token|access_token|policy|key-pair-id)$/i;

/** The secrets in an address, in the form in which they occur there. */
export function secretsOfAddress(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { search, username, password } = new URL(text);
  const pairs = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='));
  const values = pairs.flatMap(([name = '', value = '']) => (secretParameters.test(name) ? [value] : []));
  return [...values, username, password].filter((secret) => secret !== '');
}
