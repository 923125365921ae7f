/** How every page begins: what else stands at its path is not replaced. */
export const PAGE_PREFIX =
  /^<!doctype html>\s*<html lang="en">\s*<head>\s*<meta charset="utf-8">\s*<meta name="generator" content="scarf-cli">/;
