"use client";

import { SearchX, UserPlus } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { assertNever } from "@/lib/errors/assert-never";
import { type UpdateUserInput, type UserItem, userSchema } from "@/lib/users/user-schema";
import { callApi, type Page, problemSentence } from "../api-client";
import { TargetHolds } from "../holds/target-holds";
import { DataList } from "../list/data-list";
import { ListCount } from "../list/list-count";
import { ListProblem, MoreRows } from "../list/more-rows";
import { useLivePages } from "../list/use-live-pages";
import { useUrlFilters } from "../list/use-url-filters";
import { type Secret, ShownOnce } from "../shown-once";
import { UserTokensDialog } from "../tokens/user-tokens-dialog";
import { PageFrame } from "../shell/page-frame";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { useToasts } from "../ui/toast";
import { CreateUserDialog } from "./create-user-dialog";
import { newPassword } from "./new-password";
import { RoleDialog } from "./role-dialog";
import { userColumns, type UserRequest } from "./user-columns";
import { UserFilterBar } from "./user-filter-bar";
import { USER_FILTERS } from "./user-filters";

interface UserListProps {
  readonly tabs: ReactNode;
  readonly first: Page<UserItem>;
  readonly path: string;
  readonly ownId: string;
  /** Where sessions of this installation run. */
  readonly ownCluster: string;
  /** What users record can be held by whoever looks. */
  readonly mayHold: boolean;
}

/** What is asked back about before it is done. */
interface ConfirmedRequest extends UserRequest {
  readonly kind: Exclude<UserRequest["kind"], "role" | "tokens" | "holds">;
}

const rowPath = (id: string) => `/api/admin/users/${id}`;
const nameOf = (user: UserItem) => user.username;
const isNeverLive = () => false;
const NO_FILTER = Object.fromEntries(USER_FILTERS.map((name) => [name, ""]));

/** Everybody who can sign in, and what can be done about it. */
export function UserList(props: UserListProps) {
  const { tabs, first, path, ownId, ownCluster, mayHold } = props;
  const toasts = useToasts();
  const filters = useUrlFilters();
  const pages = useLivePages({ first, path, schema: userSchema, rowPath, isLive: isNeverLive });
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  const [asked, setAsked] = useState<ConfirmedRequest | null>(null);
  const [asking, setAsking] = useState(false);
  const [holdsOf, setHoldsOf] = useState<UserItem | null>(null);
  const [tokensOf, setTokensOf] = useState<UserItem | null>(null);
  const [changingRole, setChangingRole] = useState<UserItem | null>(null);

  const change = async (request: ConfirmedRequest) => {
    const password = newPassword();
    const body = changeOf(request, password);
    await callApi(rowPath(request.user.id), { method: "PATCH", body });
    pages.refresh();
    if (request.kind !== "reset_password") return;
    setSecret(passwordOf(request.user.username, password));
  };
  const columns = useMemo(
    () =>
      userColumns({
        ownId,
        mayHold,
        onRequest: ({ kind, user }) => {
          if (kind === "role") {
            setChangingRole(user);
          } else if (kind === "tokens") {
            setTokensOf(user);
          } else if (kind === "holds") {
            setHoldsOf(user);
          } else {
            setAsked({ kind, user });
            setAsking(true);
          }
        },
      }),
    [ownId, mayHold],
  );
  return (
    <PageFrame
      title="Users"
      tabs={tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
      actions={
        <Button look="solid" icon={UserPlus} onClick={() => setCreating(true)}>
          New user
        </Button>
      }
    >
      <UserFilterBar filters={filters} />
      <ListProblem problem={pages.problem} />
      <TablePanel>
        {pages.rows.length === 0 ? (
          <NoUsers onClearFilters={() => filters.set(NO_FILTER)} />
        ) : (
          <DataList label="Users" rows={pages.rows} columns={columns} nameOf={nameOf} />
        )}
        <MoreRows next={pages.nextPage} />
      </TablePanel>
      <CreateUserDialog
        open={creating}
        ownCluster={ownCluster}
        onOpenChange={setCreating}
        onCreated={(created) => {
          pages.refresh();
          setSecret(passwordOf(created.username, created.password));
        }}
      />
      <ShownOnce secret={secret} onClose={() => setSecret(null)} />
      <RoleDialog
        user={changingRole}
        ownCluster={ownCluster}
        onClose={() => setChangingRole(null)}
        onChanged={({ username }) => {
          pages.refresh();
          toasts.say(`${username} is changed.`);
        }}
      />
      <TargetHolds
        target={holdsOf && { type: "user", id: holdsOf.id, name: holdsOf.username }}
        onClose={() => setHoldsOf(null)}
        onChanged={pages.refresh}
      />
      <UserTokensDialog user={tokensOf} onClose={() => setTokensOf(null)} />
      {asked !== null && (
        <ConfirmDialog
          open={asking}
          onOpenChange={setAsking}
          {...questionOf(asked)}
          onConfirm={async () => {
            try {
              await change(asked);
              toasts.say(`${asked.user.username} is changed.`);
            } catch (error) {
              throw new Error(problemSentence(error), { cause: error });
            }
          }}
        />
      )}
    </PageFrame>
  );
}

/** Whoever looks is a user, so filters are what leaves nobody. */
function NoUsers({ onClearFilters }: { readonly onClearFilters: () => void }) {
  return (
    <EmptyState
      icon={SearchX}
      title="No user matches"
      action={<Button onClick={onClearFilters}>Clear search and filters</Button>}
    >
      Search looks for a piece of a user name or of a display name.
    </EmptyState>
  );
}

function passwordOf(username: string, password: string): Secret {
  return {
    title: `Password of ${username}`,
    description:
      "It is shown only now. Hand it over; it can be changed under Account after signing in.",
    value: password,
    copyLabel: "Copy password",
  };
}

function changeOf(request: ConfirmedRequest, password: string): UpdateUserInput {
  switch (request.kind) {
    case "disable":
      return { disabled: true };
    case "enable":
      return { disabled: false };
    case "reset_password":
      return { password };
    default:
      return assertNever(request.kind);
  }
}

interface Question {
  readonly title: string;
  readonly description: string;
  readonly confirmLabel: string;
}

function questionOf(request: ConfirmedRequest): Question {
  const name = request.user.username;
  switch (request.kind) {
    case "disable":
      return {
        title: `Disable ${name}?`,
        description:
          "They are signed out at once and their open sessions end within a minute. Their recordings are kept. They can be enabled again.",
        confirmLabel: "Disable",
      };
    case "enable":
      return {
        title: `Enable ${name}?`,
        description: "They can sign in again with the password they had.",
        confirmLabel: "Enable",
      };
    case "reset_password":
      return {
        title: `Reset the password of ${name}?`,
        description: "They are signed out everywhere. A new password is made and shown once.",
        confirmLabel: "Reset password",
      };
    default:
      return assertNever(request.kind);
  }
}
