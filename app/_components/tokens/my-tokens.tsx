"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { TokenItem } from "@/lib/tokens/token-schema";
import type { TokenScope } from "@/lib/tokens/token-scope";
import { Section } from "../account/section";
import { type Secret, ShownOnce } from "../shown-once";
import { Button } from "../ui/button";
import { useToasts } from "../ui/toast";
import { CreateTokenDialog } from "./create-token-dialog";
import { RevokeToken } from "./revoke-token";
import { TokenRows } from "./token-rows";

interface MyTokensProps {
  readonly initial: readonly TokenItem[];
  readonly readAtMs: number;
  readonly scopes: readonly TokenScope[];
}

/** One's own tokens: to see, to make and to revoke. */
export function MyTokens({ initial, readAtMs, scopes }: MyTokensProps) {
  const toasts = useToasts();
  const [tokens, setTokens] = useState(initial);
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  const [revoking, setRevoking] = useState<TokenItem | null>(null);
  return (
    <Section
      title="API tokens"
      action={
        <Button icon={KeyRound} onClick={() => setCreating(true)}>
          New token
        </Button>
      }
    >
      {tokens.length === 0 ? (
        <p className="text-ink-muted">
          You have none. A token lets a script call the API as you, with as little of what you may
          do as it needs.
        </p>
      ) : (
        <TokenRows tokens={tokens} readAtMs={readAtMs} onRevoke={setRevoking} />
      )}
      <CreateTokenDialog
        open={creating}
        onOpenChange={setCreating}
        scopes={scopes}
        onCreated={({ token, ...item }) => {
          setTokens((before) => [item, ...before]);
          setSecret({
            title: `Token “${item.name}”`,
            description:
              "It is shown only now. Send it as “Authorization: Bearer …” and keep it like a password.",
            value: token,
            copyLabel: "Copy token",
          });
        }}
      />
      <ShownOnce secret={secret} onClose={() => setSecret(null)} />
      <RevokeToken
        token={revoking}
        path="/api/account/tokens"
        onClose={() => setRevoking(null)}
        onRevoked={({ id, name }) => {
          setTokens((before) => before.filter((token) => token.id !== id));
          toasts.say(`“${name}” is revoked.`);
        }}
      />
    </Section>
  );
}
