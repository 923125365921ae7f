import { optionalInteger } from './query.ts';

export interface Page<Item> {
  items: Item[];
  hasMore: boolean;
}

/**
 * Returns one page of a list. Without `per_page` the live service silently stops at ten rows. The next page
 * is requested with `after`, as the specifications say, or `page`, as the vendor's own tooling does
 * (scarf-sh/scarf-skill, 2026-09-24). An unknown cursor yields an empty page.
 */
export function cutPage<Item>(
  items: Item[],
  url: URL,
  pageSize: number,
  isCursor: (item: Item, cursor: string) => boolean,
): Page<Item> {
  const perPage = Math.max(1, optionalInteger(url, 'per_page') ?? pageSize);
  const page = Math.max(1, optionalInteger(url, 'page') ?? 1);
  const cursor = url.searchParams.get('after');
  let from = (page - 1) * perPage;
  if (cursor !== null) {
    const index = items.findIndex((item) => isCursor(item, cursor));
    from = index < 0 ? items.length : index + 1;
  }
  return { items: items.slice(from, from + perPage), hasMore: from + perPage < items.length };
}

/** The `_links` of a list: itself, and the next page where there is one. */
export function linksOf(url: URL, next: string | undefined): Record<string, { href: string }> {
  const self = { href: url.pathname + url.search };
  if (next === undefined) return { self };
  const following = new URL(url);
  following.searchParams.set('after', next);
  return { self, next: { href: following.pathname + following.search } };
}
