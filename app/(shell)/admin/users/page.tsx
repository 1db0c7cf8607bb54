import type { Metadata } from "next";
import { Suspense } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { mayHoldUsers } from "@/lib/holds/hold-policy";
import { listUsers } from "@/lib/users/list-users";
import { toUserItem } from "@/lib/users/user-repository";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { UserList } from "../../../_components/admin/user-list";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../../_components/list/first-page";
import { ListSkeleton } from "../../../_components/list/list-skeleton";

export const metadata: Metadata = { title: "Users" };

export default async function AdminUsersPage() {
  const actor = await requirePage("/admin/users");
  const headers = ["User", "Role", "State", "Last sign-in", "Created"];
  return (
    <Suspense fallback={<ListSkeleton title="Users" tabs={<AdminTabs />} headers={headers} />}>
      <AllUsers actor={actor} />
    </Suspense>
  );
}

async function AllUsers({ actor }: { readonly actor: Actor }) {
  const path = listPath("/api/admin/users");
  const rows = await listUsers(services(), { limit: LIST_PAGE_SIZE + 1 });
  const users = rows.slice(0, LIST_PAGE_SIZE);
  const next = rows.length > users.length ? (users.at(-1) ?? null) : null;
  return (
    <UserList
      tabs={<AdminTabs />}
      first={firstPage(path, users, next, toUserItem)}
      path={path}
      ownId={actor.userId}
      mayHold={services().config.recording.enabled && mayHoldUsers(actor)}
    />
  );
}
