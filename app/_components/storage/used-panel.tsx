import Link from "next/link";
import type { StorageViewJson } from "@/lib/operations/storage-schema";
import { ByteSize } from "../ui/byte-size";
import { countOf } from "../ui/format";
import { StatusBadge } from "../ui/status-badge";
import { Cell, FROM_SMALL, HeaderCell, Row, Table } from "../ui/table";
import { RelativeTime, Unknown } from "../ui/time";
import { Figure, Panel } from "./panel";
import { SumCells, SumHeaders } from "./sum-cells";

const BACKENDS = { local: "This server’s disk", s3: "S3" } as const;

type UsedPanelProps = Pick<StorageViewJson, "used" | "space">;

/** What recordings take, of which state and where, and what is left. */
export function UsedPanel({ used, space }: UsedPanelProps) {
  return (
    <Panel title="Used space" note={countOf(used.recordings, "recording")}>
      <dl className="mb-3 flex flex-wrap gap-x-8 gap-y-3">
        <Figure name="Recordings take">
          <ByteSize bytes={used.size_bytes} />
        </Figure>
        <Figure name="Free">
          {space.free_bytes !== null ? (
            <ByteSize bytes={space.free_bytes} />
          ) : space.backend === "s3" ? (
            "No end of its own"
          ) : (
            <Unknown />
          )}
        </Figure>
        {space.backend === "local" && (
          <Figure name="Kept free">
            <ByteSize bytes={space.floor_bytes} />
          </Figure>
        )}
        <Figure name="Oldest recording">
          {used.oldest === null ? (
            "None"
          ) : (
            <Link href={`/recordings/${used.oldest.id}`} className="hover:underline">
              <RelativeTime at={used.oldest.created_at} />
            </Link>
          )}
        </Figure>
      </dl>
      {used.groups.length > 0 && <GroupTable groups={used.groups} />}
    </Panel>
  );
}

function GroupTable({ groups }: { readonly groups: StorageViewJson["used"]["groups"] }) {
  return (
    <Table label="Used space by state and place">
      <thead>
        <tr>
          <HeaderCell>State</HeaderCell>
          <HeaderCell className={FROM_SMALL}>Where</HeaderCell>
          <SumHeaders />
        </tr>
      </thead>
      <tbody>
        {groups.map(({ status, storage_backend, recordings, size_bytes }) => (
          <Row key={`${status} ${storage_backend}`}>
            <Cell>
              <StatusBadge status={status} still />
              <p className="text-sm text-ink-muted sm:hidden">{BACKENDS[storage_backend]}</p>
            </Cell>
            <Cell className={`truncate text-ink-muted ${FROM_SMALL}`}>
              {BACKENDS[storage_backend]}
            </Cell>
            <SumCells recordings={recordings} sizeBytes={size_bytes} />
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
