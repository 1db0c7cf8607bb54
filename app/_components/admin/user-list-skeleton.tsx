"use client";

import { UserPlus } from "lucide-react";
import type { ReactNode } from "react";
import { ListSkeleton } from "../list/list-skeleton";
import { useUrlFilters } from "../list/use-url-filters";
import { Button } from "../ui/button";
import { UserFilterBar } from "./user-filter-bar";

const HEADERS = ["User", "Role", "State", "Last sign-in", "Created"];

/** The shape of `UserList` while it is on its way. */
export function UserListSkeleton({ tabs }: { readonly tabs: ReactNode }) {
  return (
    <ListSkeleton
      title="Users"
      tabs={tabs}
      filters={<UserFilterBar filters={useUrlFilters()} />}
      actions={
        <Button look="solid" icon={UserPlus}>
          New user
        </Button>
      }
      headers={HEADERS}
    />
  );
}
