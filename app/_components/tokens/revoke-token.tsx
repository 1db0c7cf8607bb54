"use client";

import type { TokenItem } from "@/lib/tokens/token-schema";
import { callApi, problemSentence } from "../api-client";
import { ConfirmDialog } from "../ui/dialog";
import { useLasting } from "../ui/use-lasting";

interface RevokeTokenProps {
  /** The one to be asked about; null while there is none. */
  readonly token: TokenItem | null;
  /** Where tokens are revoked: one's own, or anybody's. */
  readonly path: "/api/account/tokens" | "/api/admin/tokens";
  readonly onClose: () => void;
  readonly onRevoked: (token: TokenItem) => void;
}

/** Asks before a token is made worthless. */
export function RevokeToken({ token, path, onClose, onRevoked }: RevokeTokenProps) {
  const shown = useLasting(token);
  return (
    <ConfirmDialog
      open={token !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Revoke “${shown?.name ?? ""}”?`}
      description="Whatever uses it stops working at once. It cannot be taken back; a new token can be made."
      confirmLabel="Revoke token"
      onConfirm={async () => {
        if (token === null) return;
        try {
          await callApi(`${path}/${token.id}`, { method: "DELETE" });
        } catch (error) {
          throw new Error(problemSentence(error), { cause: error });
        }
        onRevoked(token);
      }}
    />
  );
}
