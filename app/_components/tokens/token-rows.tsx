"use client";

import type { TokenItem } from "@/lib/tokens/token-schema";
import { scopeWord } from "@/lib/tokens/token-scope";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { RelativeTime } from "../ui/time";

interface TokenRowsProps {
  readonly tokens: readonly TokenItem[];
  /** When the list was read, in milliseconds: what had run out by then is marked. */
  readonly readAtMs: number;
  readonly onRevoke: (token: TokenItem) => void;
}

/** Tokens with what they may do, until when, and when they were last used. */
export function TokenRows({ tokens, readAtMs, onRevoke }: TokenRowsProps) {
  return (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface">
      {tokens.map((token) => (
        <li key={token.id} className="flex items-start gap-3 px-3 py-2">
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
              <span dir="auto">{token.name}</span>
              {Date.parse(token.expires_at) <= readAtMs && <Badge>Expired</Badge>}
            </p>
            <p className="text-ink-muted">{token.scopes.map(scopeWord).join(", ")}</p>
            <p className="flex flex-wrap gap-x-3 text-sm text-ink-subtle">
              <span>
                Made <RelativeTime at={token.created_at} />
              </span>
              <span>
                Expires <time dateTime={token.expires_at}>{token.expires_at.slice(0, 10)}</time>
              </span>
              <span>
                {token.last_used_at === null ? (
                  "Never used"
                ) : (
                  <>
                    Last used <RelativeTime at={token.last_used_at} />
                  </>
                )}
              </span>
            </p>
          </div>
          <Button
            shape="rowText"
            aria-label={`Revoke ${token.name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke…
          </Button>
        </li>
      ))}
    </ul>
  );
}
