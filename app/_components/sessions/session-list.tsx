"use client";

import { MonitorPlay, SearchX } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { may } from "@/lib/auth/permissions";
import { type SessionJson, sessionSchema } from "@/lib/sessions/session-schema";
import { useActor } from "../actor";
import { callApi, type Page, problemSentence } from "../api-client";
import { TargetHolds } from "../holds/target-holds";
import { DataList } from "../list/data-list";
import { ListCount } from "../list/list-count";
import { ListProblem, MoreRows } from "../list/more-rows";
import { useLivePages } from "../list/use-live-pages";
import { useUrlFilters } from "../list/use-url-filters";
import { PageFrame } from "../shell/page-frame";
import { Button, ButtonLink } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { isOpen, sessionColumns } from "./session-columns";
import { type NamedApp, SessionFilterBar } from "./session-filter-bar";
import { SESSION_FILTERS } from "./session-filters";

interface SessionPanel {
  readonly tabs: ReactNode;
  readonly apps: readonly NamedApp[];
  readonly clusters: readonly string[];
}

interface SessionListProps {
  readonly first: Page<SessionJson>;
  readonly path: string;
  /** In the panel: sessions of others too, with filters in the address. Null: one's own. */
  readonly panel: SessionPanel | null;
  /** Recordings are kept when their session ends; said only where there are recordings. */
  readonly recordingEnabled: boolean;
}

const rowPath = (id: string) => `/api/sessions/${id}`;
const nameOf = (session: SessionJson) => session.app_name;
const NO_FILTER = Object.fromEntries(SESSION_FILTERS.map((name) => [name, ""]));
const sessionName = (session: SessionJson) => `${session.app_name} of ${session.username}`;

/** Sessions, kept up to date, with the ways to open and to end them. */
export function SessionList(props: SessionListProps) {
  const { first, path, panel, recordingEnabled } = props;
  const actor = useActor();
  const filters = useUrlFilters();
  const everybody = panel !== null;
  const pages = useLivePages({ first, path, schema: sessionSchema, rowPath, isLive: isOpen });
  const [ending, setEnding] = useState<SessionJson | null>(null);
  const [asking, setAsking] = useState(false);
  const [holding, setHolding] = useState<SessionJson | null>(null);
  const columns = useMemo(
    () =>
      sessionColumns({
        actor,
        everybody,
        onEnd: (session) => {
          setEnding(session);
          setAsking(true);
        },
        onHolds: recordingEnabled ? setHolding : null,
      }),
    [actor, everybody, recordingEnabled],
  );
  const end = async () => {
    if (ending === null) return;
    try {
      await callApi(rowPath(ending.id), { method: "DELETE" });
    } catch (error) {
      throw new Error(problemSentence(error), { cause: error });
    }
    pages.refresh();
  };
  return (
    <PageFrame
      title="Sessions"
      tabs={panel?.tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
    >
      {panel !== null && <SessionFilterBar {...panel} filters={filters} />}
      <ListProblem problem={pages.problem} />
      <TablePanel>
        {pages.rows.length === 0 ? (
          <NoSessions
            everybody={everybody}
            filtered={SESSION_FILTERS.some((name) => filters.get(name) !== "")}
            onClearFilters={() => filters.set(NO_FILTER)}
          />
        ) : (
          <DataList label="Sessions" rows={pages.rows} columns={columns} nameOf={nameOf} />
        )}
        <MoreRows next={pages.nextPage} />
      </TablePanel>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`End ${ending === null ? "the session" : everybody ? sessionName(ending) : ending.app_name}?`}
        description={`Programs in it are closed and what they did not save is lost.${
          recordingEnabled ? " Recordings of it are kept." : ""
        }`}
        confirmLabel="End session"
        onConfirm={end}
      />
      <TargetHolds
        target={holding && { type: "session", id: holding.id, name: sessionName(holding) }}
        onClose={() => setHolding(null)}
        onChanged={() => void (holding && pages.refreshRow(holding.id))}
      />
    </PageFrame>
  );
}

interface NoSessionsProps {
  readonly everybody: boolean;
  readonly filtered: boolean;
  readonly onClearFilters: () => void;
}

function NoSessions({ everybody, filtered, onClearFilters }: NoSessionsProps) {
  const mayLaunch = may(useActor(), "session.create");
  if (everybody && filtered) {
    return (
      <EmptyState
        icon={SearchX}
        title="No session matches"
        action={<Button onClick={onClearFilters}>Clear search and filters</Button>}
      >
        Search looks for a piece of a user name.
      </EmptyState>
    );
  }
  const action = mayLaunch && (
    <ButtonLink href="/apps" look="solid">
      Open an app
    </ButtonLink>
  );
  if (everybody) {
    return (
      <EmptyState icon={MonitorPlay} title="Nobody has opened a session yet" action={action}>
        Every session of everybody is listed here, the newest first, as soon as an app is opened.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={MonitorPlay} title="You have no sessions yet" action={action}>
      {mayLaunch
        ? "A session is one run of an app, in a browser tab of its own. Close the tab and the session goes on: this is where you find it again."
        : "A session is one run of an app. Your role looks at what there is and opens none: ask an administrator for one that does."}
    </EmptyState>
  );
}
