/** Values of series at each minute, in promtool's notation: `0+2x60` is 0, 2, 4 and so on for 60 more minutes. */
export type SeriesValues = Readonly<Record<string, string>>;

export interface AlertCase {
  /** Series with which it rings at `at`; with `notYet`: not at this earlier time. */
  readonly rings: readonly {
    readonly series: SeriesValues;
    readonly at: string;
    readonly notYet?: string;
    /** Of the alert, besides its rule's own. */
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  /** Series with which it does not. */
  readonly silent: readonly { readonly series: SeriesValues; readonly at: string }[];
}

export const NAMESPACE = "recordings";

const of = (metric: string, labels = "") => `${metric}{namespace="${NAMESPACE}"${labels}}`;
const buildInfo = (process: string) => of("sortie_build_info", `,process="${process}"`);
const requests = (status: string) => of("sortie_http_requests_total", `,status="${status}"`);
const appends = (result: string) => of("sortie_recording_appends_total", `,result="${result}"`);
const sealed = (result: string) => of("sortie_recording_seals_total", `,result="${result}"`);
const recordings = of("sortie_recordings", ',status="uploading"');
const storage = (freeBytes: string) => ({
  [of("sortie_storage_free_bytes")]: freeBytes,
  [of("sortie_storage_floor_bytes")]: "100x90",
});
const notStarted = of("sortie_session_closes_total", ',reason="start_failed"');
const queued = of("sortie_sessions", ',status="queued"');
const lastSuccess = (job: string, worker: string) =>
  of("sortie_job_last_success_timestamp_seconds", `,job="${job}",pod="${worker}"`);
const failedJobs = of("sortie_queue_jobs", ',state="failed"');
const findings = (kind: string) => of("sortie_storage_findings", `,kind="${kind}"`);
const sourceUp = (source: string, pod: string) =>
  of("sortie_source_up", `,source="${source}",pod="${pod}"`);

/** The processes of another installation in the same cluster. */
const OTHERS = {
  'sortie_build_info{namespace="other",process="web"}': "1x300",
  'sortie_build_info{namespace="other",process="worker"}': "1x300",
};

/** Nobody tells when that kind of process was last there. */
const away = (process: string, at: string, notYet: string): AlertCase => ({
  rings: [{ series: OTHERS, at, notYet, labels: { process, namespace: NAMESPACE } }],
  silent: [{ series: { [buildInfo(process)]: "1x60" }, at: "50m" }],
});

/** promtool's clock begins at 0, so a last success at 0 is as old as the test. */
const standsStill = (
  job: string,
  stale: { readonly at: string; readonly notYet: string },
  never: { readonly at: string; readonly notYet: string },
): AlertCase => {
  const labels = { job, namespace: NAMESPACE };
  return {
    rings: [
      // A worker that was replaced tells of nothing newer.
      {
        series: { [lastSuccess(job, "a")]: "0x300", [lastSuccess(job, "b")]: "0x20" },
        ...stale,
        labels,
      },
      { series: OTHERS, ...never, labels },
    ],
    silent: [
      // One worker of two does the job.
      {
        series: { [lastSuccess(job, "a")]: "0x300", [lastSuccess(job, "b")]: "0+60x300" },
        at: "4h",
      },
    ],
  };
};

/** Each alert of `helm/monitoring/alerts.yaml`. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  SortieWebAway: away("web", "5m", "4m"),
  SortieWorkerAway: away("worker", "10m", "9m"),
  SortieRequestsFail: {
    rings: [
      {
        series: { [requests("500")]: "0+2x60", [requests("200")]: "0+98x60" },
        at: "20m",
        notYet: "10m",
      },
    ],
    silent: [
      // That the product is busy is no failure.
      {
        series: {
          [requests("503")]: "0+9x60",
          [requests("500")]: "0+1x60",
          [requests("200")]: "0+190x60",
        },
        at: "50m",
      },
    ],
  },
  SortieBytesCannotBeKept: {
    rings: [{ series: { [appends("failed")]: "0+1x60" }, at: "20m", notYet: "5m" }],
    silent: [{ series: { [appends("failed")]: "7x60", [appends("ok")]: "0+100x60" }, at: "50m" }],
  },
  SortieRecordingsFail: {
    rings: [{ series: { [sealed("failed")]: "0x10 1x60" }, at: "20m", notYet: "10m" }],
    silent: [{ series: { [sealed("failed")]: "3x60", [sealed("ready")]: "0+5x60" }, at: "50m" }],
  },
  SortieRecordingsNotFinished: {
    rings: [{ series: { [recordings]: "0x10 3x60" }, at: "50m", notYet: "40m" }],
    // All were done in between.
    silent: [{ series: { [recordings]: "3x20 0 3x40" }, at: "50m" }],
  },
  SortieStorageFills: {
    rings: [{ series: storage("499x60"), at: "15m", notYet: "14m" }],
    silent: [{ series: storage("501x60"), at: "50m" }],
  },
  SortieStorageFull: {
    rings: [{ series: storage("99x60"), at: "1m", notYet: "0m" }],
    silent: [{ series: storage("101x60"), at: "50m" }],
  },
  SortieSessionsDoNotStart: {
    rings: [{ series: { [notStarted]: "0x10 1 2 3x60" }, at: "15m", notYet: "11m" }],
    silent: [{ series: { [notStarted]: "0x10 1 1x60" }, at: "15m" }],
  },
  SortieSessionsWait: {
    rings: [{ series: { [queued]: "0x10 2x60" }, at: "30m", notYet: "20m" }],
    silent: [{ series: { [queued]: "2x20 0 2x40" }, at: "30m" }],
  },
  SortieSweepStandsStill: standsStill(
    "sweep-retention",
    { at: "3h2m", notYet: "2h50m" },
    { at: "1h", notYet: "59m" },
  ),
  SortieReaperStandsStill: standsStill(
    "reap-abandoned",
    { at: "32m", notYet: "29m" },
    { at: "15m", notYet: "14m" },
  ),
  SortieJobsFail: {
    rings: [{ series: { [failedJobs]: "2x60" }, at: "5m", notYet: "4m" }],
    silent: [{ series: { [failedJobs]: "0x60" }, at: "50m" }],
  },
  SortieStorageDisagrees: {
    rings: [
      {
        series: { [findings("file_missing")]: "1x60", [findings("size_differs")]: "0x60" },
        at: "1m",
        labels: { kind: "file_missing" },
      },
    ],
    // Nothing of a recording is lost by those.
    silent: [
      {
        series: { [findings("file_missing")]: "0x60", [findings("poster_missing")]: "9x60" },
        at: "50m",
      },
    ],
  },
  SortieSourceAway: {
    rings: [
      {
        series: { [sourceUp("database", "a")]: "1x60", [sourceUp("database", "b")]: "0x60" },
        at: "5m",
        notYet: "4m",
        labels: { source: "database" },
      },
    ],
    silent: [{ series: { [sourceUp("database", "a")]: "1x60" }, at: "50m" }],
  },
};
