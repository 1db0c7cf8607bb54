import type { Metadata } from "next";
import { Suspense } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { mayHoldUsers } from "@/lib/holds/hold-policy";
import { userFiltersOf, userListQuery } from "@/lib/http/user-list";
import { listUsers } from "@/lib/users/list-users";
import { toUserItem } from "@/lib/users/user-repository";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { userQueryOf } from "../../../_components/admin/user-filters";
import { UserList } from "../../../_components/admin/user-list";
import { UserListSkeleton } from "../../../_components/admin/user-list-skeleton";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../../_components/list/first-page";
import { addressOf, type PageSearch, searchText } from "../../../_components/page-search";

export const metadata: Metadata = { title: "Users" };

interface AdminUsersPageProps {
  readonly searchParams: PageSearch;
}

export default async function AdminUsersPage({ searchParams }: AdminUsersPageProps) {
  const address = addressOf("/admin/users", await searchParams);
  const actor = await requirePage("/admin/users", address);
  return (
    <Suspense fallback={<UserListSkeleton tabs={<AdminTabs />} />}>
      <AllUsers actor={actor} searchParams={searchParams} />
    </Suspense>
  );
}

async function AllUsers({ actor, searchParams }: AdminUsersPageProps & { readonly actor: Actor }) {
  const search = await searchParams;
  const query = userQueryOf((name) => searchText(search, name));
  const path = listPath("/api/admin/users", query);
  const chosen = Object.entries(query).filter(([, value]) => value !== "");
  const filters = userFiltersOf(userListQuery.parse(Object.fromEntries(chosen)));
  const { config, db } = services();
  const rows = await listUsers({ db }, { ...filters, limit: LIST_PAGE_SIZE + 1 });
  const users = rows.slice(0, LIST_PAGE_SIZE);
  const next = rows.length > users.length ? (users.at(-1) ?? null) : null;
  return (
    <UserList
      tabs={<AdminTabs />}
      first={firstPage(path, users, next, toUserItem)}
      path={path}
      ownId={actor.userId}
      ownCluster={config.session.cluster}
      mayHold={config.recording.enabled && mayHoldUsers(actor)}
    />
  );
}
