"use client";

import { MonitorPlay } from "lucide-react";
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
import { ButtonLink } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { isOpen, sessionColumns } from "./session-columns";
import { type NamedApp, SessionFilterBar } from "./session-filter-bar";

interface SessionListProps {
  readonly first: Page<SessionJson>;
  readonly path: string;
  /** In the panel: sessions of others too, with filters in the address. Null: one's own. */
  readonly panel: { readonly tabs: ReactNode; readonly apps: readonly NamedApp[] } | null;
  /** Recordings are kept when their session ends; said only where there are recordings. */
  readonly recordingEnabled: boolean;
}

const rowPath = (id: string) => `/api/sessions/${id}`;
const nameOf = (session: SessionJson) => session.app_name;
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
      {panel !== null && <SessionFilterBar filters={filters} apps={panel.apps} />}
      <ListProblem problem={pages.problem} />
      <TablePanel>
        {pages.rows.length === 0 ? (
          <NoSessions everybody={everybody} />
        ) : (
          <DataList label="Sessions" rows={pages.rows} columns={columns} nameOf={nameOf} />
        )}
        <MoreRows
          hasMore={pages.hasMore}
          rowCount={pages.rows.length}
          loading={pages.loadingMore}
          onMore={pages.loadMore}
        />
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

function NoSessions({ everybody }: { readonly everybody: boolean }) {
  const mayLaunch = may(useActor(), "session.create");
  if (everybody) {
    return (
      <EmptyState icon={MonitorPlay} title="No sessions here">
        Every session of everybody is listed here, the newest first, unless the filters above leave
        it out.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={MonitorPlay}
      title="You have no sessions yet"
      action={
        mayLaunch && (
          <ButtonLink href="/apps" look="solid">
            Open an app
          </ButtonLink>
        )
      }
    >
      {mayLaunch
        ? "A session is one run of an app, in a browser tab of its own. Close the tab and the session goes on: this is where you find it again."
        : "A session is one run of an app. Your role looks at what there is and opens none: ask an administrator for one that does."}
    </EmptyState>
  );
}
