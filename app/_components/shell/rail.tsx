"use client";

import { CircleUserRound, Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classes } from "../ui/classes";
import {
  type Destination,
  destinationsFor,
  leadsTo,
  type ShellAccess,
  startPathFor,
} from "./destinations";
import { RecordMark } from "./record-mark";

const itemClasses =
  "flex min-w-0 flex-auto flex-col items-center justify-center gap-0.5 rounded-md px-0.5 py-1.5 text-sm text-ink-muted transition-colors hover:bg-hover hover:text-ink sm:min-h-12 sm:w-full sm:flex-none";
const currentClasses =
  "bg-accent-soft font-medium text-accent hover:bg-accent-soft hover:text-accent";

interface RailProps {
  readonly access: ShellAccess;
  readonly onSearch: () => void;
}

/** The slim rail at the start of the page; on a narrow screen it is a bar at the bottom. */
export function Rail({ access, onSearch }: RailProps) {
  const pathname = usePathname();
  const account = { href: "/account", label: "Account", icon: CircleUserRound };
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 flex h-(--bar) gap-0.5 border-t border-line bg-surface p-1 sm:inset-x-auto sm:inset-y-0 sm:start-0 sm:h-auto sm:w-(--rail) sm:flex-col sm:border-e sm:border-t-0"
    >
      <Link
        href={startPathFor(access)}
        aria-label="Sortie, start page"
        className="mb-2 flex h-10 items-center justify-center rounded-md max-sm:hidden"
      >
        <RecordMark />
      </Link>
      {destinationsFor(access).map((destination) => (
        <RailLink
          key={destination.href}
          destination={destination}
          current={leadsTo(destination, pathname)}
        />
      ))}
      <span aria-hidden className="flex-1 max-sm:hidden" />
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        title="Find anything (Ctrl+K)"
        className={itemClasses}
      >
        <Search aria-hidden className="size-4.5" strokeWidth={1.75} />
        Find
      </button>
      <RailLink
        destination={account}
        current={leadsTo(account, pathname)}
        title={`Signed in as ${access.username}`}
      />
    </nav>
  );
}

interface RailLinkProps {
  readonly destination: Destination;
  readonly current: boolean;
  readonly title?: string;
}

function RailLink({ destination: { href, label, icon: Icon }, current, title }: RailLinkProps) {
  return (
    <Link
      href={href}
      title={title}
      aria-current={current ? "page" : undefined}
      className={classes(itemClasses, current && currentClasses)}
    >
      <Icon aria-hidden className="size-4.5" strokeWidth={1.75} />
      <span className="max-w-full truncate">{label}</span>
    </Link>
  );
}
