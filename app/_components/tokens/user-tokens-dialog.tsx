"use client";

import { useEffect, useState } from "react";
import { z } from "zod";
import { type TokenItem, tokenSchema } from "@/lib/tokens/token-schema";
import type { UserItem } from "@/lib/users/user-schema";
import { problemSentence, readApi } from "../api-client";
import { Dialog } from "../ui/dialog";
import { Skeleton } from "../ui/skeleton";
import { useToasts } from "../ui/toast";
import { RevokeToken } from "./revoke-token";
import { TokenRows } from "./token-rows";
import { useLasting } from "../ui/use-lasting";

interface UserTokensDialogProps {
  readonly user: UserItem | null;
  readonly onClose: () => void;
}

/** A user's tokens, for an administrator to see and revoke. */
export function UserTokensDialog({ user, onClose }: UserTokensDialogProps) {
  const shown = useLasting(user);
  return (
    <Dialog
      open={user !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`API tokens of ${shown?.username ?? ""}`}
      description="Each does at most what its user may."
    >
      {shown !== null && <UserTokens key={shown.id} userId={shown.id} />}
    </Dialog>
  );
}

type Loaded =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "ready"; readonly tokens: readonly TokenItem[]; readonly atMs: number };

function UserTokens({ userId }: { readonly userId: string }) {
  const toasts = useToasts();
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading" });
  const [revoking, setRevoking] = useState<TokenItem | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    readApi(`/api/admin/users/${userId}/tokens`, z.array(tokenSchema), { signal }).then(
      (tokens) => setLoaded({ kind: "ready", tokens, atMs: Date.now() }),
      (error: unknown) => {
        if (!signal.aborted) setLoaded({ kind: "failed", sentence: problemSentence(error) });
      },
    );
    return () => leaving.abort();
  }, [userId]);
  if (loaded.kind === "loading") return <Skeleton width="100%" />;
  if (loaded.kind === "failed") {
    return (
      <p role="alert" className="text-failed">
        {loaded.sentence}
      </p>
    );
  }
  const { tokens, atMs } = loaded;
  return (
    <>
      {tokens.length === 0 ? (
        <p className="text-ink-muted">There are none.</p>
      ) : (
        <TokenRows tokens={tokens} readAtMs={atMs} onRevoke={setRevoking} />
      )}
      <RevokeToken
        token={revoking}
        path="/api/admin/tokens"
        onClose={() => setRevoking(null)}
        onRevoked={({ id, name }) => {
          setLoaded({ kind: "ready", atMs, tokens: tokens.filter((token) => token.id !== id) });
          toasts.say(`“${name}” is revoked.`);
        }}
      />
    </>
  );
}
