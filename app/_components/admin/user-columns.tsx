"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Ban, CircleCheck, Ellipsis, KeyRound, KeySquare, Lock, ShieldCheck } from "lucide-react";
import type { UserItem } from "@/lib/users/user-schema";
import type { ListFeatures } from "../list/list-features";
import { Badge } from "../ui/badge";
import { IconButton } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { StatusBadge } from "../ui/status-badge";
import { FROM_MEDIUM, FROM_SMALL } from "../ui/table";
import { RelativeTime } from "../ui/time";
import { roleWord } from "./roles";

const column = createColumnHelper<ListFeatures, UserItem>();

/** What an administrator asked for, and of whom. */
export interface UserRequest {
  readonly kind: "disable" | "enable" | "reset_password" | "role" | "tokens" | "holds";
  readonly user: UserItem;
}

interface UserColumnsOptions {
  /** The administrator who looks; what nobody may do to themselves is not offered. */
  readonly ownId: string;
  /** What users record can be held by whoever looks. */
  readonly mayHold: boolean;
  readonly onRequest: (request: UserRequest) => void;
}

/** The columns of the list of users. */
export function userColumns({ ownId, mayHold, onRequest }: UserColumnsOptions) {
  return column.columns([
    column.accessor("username", {
      header: "User",
      cell: ({ row }) => <NameCell user={row.original} isSelf={row.original.id === ownId} />,
    }),
    column.accessor("role", {
      header: "Role",
      cell: ({ row }) => <RoleCell user={row.original} />,
      meta: { className: `w-36 text-ink-muted ${FROM_SMALL}` },
    }),
    column.accessor("disabled", {
      header: "State",
      cell: ({ getValue }) => <StatusBadge status={getValue() ? "disabled" : "active"} />,
      meta: { className: `w-28 ${FROM_SMALL}` },
    }),
    column.accessor("last_sign_in_at", {
      header: "Last sign-in",
      cell: ({ getValue }) => <Moment at={getValue()} />,
      meta: { className: `w-32 text-end! text-ink-muted ${FROM_MEDIUM}` },
    }),
    column.accessor("created_at", {
      header: "Created",
      cell: ({ getValue }) => <Moment at={getValue()} />,
      meta: { className: `w-32 text-end! text-ink-muted ${FROM_MEDIUM}` },
    }),
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row }) => (
        <UserActions
          user={row.original}
          isSelf={row.original.id === ownId}
          mayHold={mayHold}
          onRequest={onRequest}
        />
      ),
      meta: { className: "w-12 pointer-coarse:w-14 text-end!" },
    }),
  ]);
}

function NameCell({ user, isSelf }: { readonly user: UserItem; readonly isSelf: boolean }) {
  return (
    <div className="min-w-0 max-sm:py-1.5">
      <p className="flex flex-wrap items-center gap-x-2">
        <span data-row-link tabIndex={-1} className="font-medium">
          {user.username}
        </span>
        {user.display_name !== user.username && (
          <span className="text-ink-muted">{user.display_name}</span>
        )}
        {isSelf && <Badge>You</Badge>}
        {user.sign_in === "oidc" && <Badge>Single sign-on</Badge>}
        {user.held && <Badge>On hold</Badge>}
      </p>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-muted sm:hidden">
        <StatusBadge status={user.disabled ? "disabled" : "active"} />
        {roleWord(user.role)}
      </p>
    </div>
  );
}

function RoleCell({ user: { role, clusters } }: { readonly user: UserItem }) {
  if (role !== "ops") return roleWord(role);
  return (
    <>
      {roleWord(role)}
      <span className="block text-sm text-ink-subtle">
        {clusters.length === 0 ? "no cluster yet" : clusters.join(", ")}
      </span>
    </>
  );
}

function Moment({ at }: { readonly at: string | null }) {
  return at === null ? <span className="text-ink-subtle">never</span> : <RelativeTime at={at} />;
}

interface UserActionsProps {
  readonly user: UserItem;
  readonly isSelf: boolean;
  readonly mayHold: boolean;
  readonly onRequest: (request: UserRequest) => void;
}

function UserActions({ user, isSelf, mayHold, onRequest }: UserActionsProps) {
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} shape="row" label={`Actions for ${user.username}`} />}
    >
      {user.sign_in === "local" && (
        <MenuItem icon={KeyRound} onClick={() => onRequest({ kind: "reset_password", user })}>
          Reset password…
        </MenuItem>
      )}
      {!isSelf && (
        <MenuItem icon={ShieldCheck} onClick={() => onRequest({ kind: "role", user })}>
          Change role…
        </MenuItem>
      )}
      <MenuItem icon={KeySquare} onClick={() => onRequest({ kind: "tokens", user })}>
        API tokens…
      </MenuItem>
      {mayHold && (
        <MenuItem icon={Lock} onClick={() => onRequest({ kind: "holds", user })}>
          Legal hold…
        </MenuItem>
      )}
      {!isSelf && !user.disabled && (
        <MenuItem icon={Ban} onClick={() => onRequest({ kind: "disable", user })}>
          Disable…
        </MenuItem>
      )}
      {user.disabled && (
        <MenuItem icon={CircleCheck} onClick={() => onRequest({ kind: "enable", user })}>
          Enable…
        </MenuItem>
      )}
    </Menu>
  );
}
