import { AppError, isAppError } from "@/lib/errors/app-error";

const RETRY_AFTER_SECONDS = 5;

/** What S3 says or does, as the setting an operator should look at. Never shows an address, a name or a key. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(NoSuchBucket|InvalidBucketName)$/,
    "S3 has no such bucket: look at SORTIE_RECORDING_S3_BUCKET.",
  ],
  [
    /^InvalidAccessKeyId$/,
    "S3 does not know the access key: look at SORTIE_RECORDING_S3_ACCESS_KEY_ID, or where the AWS SDK finds its credentials.",
  ],
  [
    /^SignatureDoesNotMatch$/,
    "S3 finds the secret of the access key wrong: look at SORTIE_RECORDING_S3_SECRET_ACCESS_KEY, or where the AWS SDK finds its credentials.",
  ],
  [
    /^(CredentialsProviderError|CredentialsError|ExpiredToken\w*|InvalidToken|TokenRefreshRequired)$/,
    "There are no valid credentials for S3: set SORTIE_RECORDING_S3_ACCESS_KEY_ID and SORTIE_RECORDING_S3_SECRET_ACCESS_KEY, or look at where the AWS SDK finds its own.",
  ],
  [
    /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint\w*|301)$/,
    "The bucket is in another region: look at SORTIE_RECORDING_S3_REGION.",
  ],
  [
    /^(AccessDenied|AllAccessDisabled|Forbidden|403)$/,
    "S3 does not allow this access key what recording needs: look at its policy for SORTIE_RECORDING_S3_BUCKET and SORTIE_RECORDING_S3_PREFIX.",
  ],
  [
    /^RequestTimeTooSkewed$/,
    "The clocks of S3 and of this server differ by more than 15 minutes: set this server's clock.",
  ],
  [
    /^(NoSuchUpload|InvalidPart)$/,
    "S3 has lost parts of an upload under way: look at the bucket's lifecycle rules for incomplete uploads.",
  ],
  [
    /^(SlowDown|Throttl\w*|TooManyRequests\w*|429)$/,
    "S3 asks for fewer requests: it is overloaded.",
  ],
  [
    /^(E[A-Z_]+|TimeoutError|NetworkingError|AbortError|UnknownEndpoint|CERT_\w+|DEPTH_\w+|SELF_\w+|UNABLE_\w+)$/,
    "S3 does not answer: look at SORTIE_RECORDING_S3_ENDPOINT and SORTIE_RECORDING_S3_REGION, and at the network to it.",
  ],
];

const FULL =
  /^(QuotaExceeded|InsufficientStorage|XMinioStorageFull|XMinioAdminBucketQuotaExceeded|507)$/;
const MISSING = /^(NoSuchKey|NotFound)$/;

/** Runs calls to S3; what it refuses becomes an AppError that a person can act on. */
export async function onS3<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAppError(error) ? error : asStorageError(error);
  }
}

/** S3 has no multipart upload of that id: completed, aborted, or never there. */
export function isNoSuchUpload(error: unknown): boolean {
  return isAppError(error) && error.cause instanceof Error && error.cause.name === "NoSuchUpload";
}

export function bytesMissing(cause?: unknown): AppError {
  return new AppError("not_found", "The storage does not have these bytes.", { cause });
}

function asStorageError(error: unknown): unknown {
  const names = namesOf(error);
  // Neither S3's answer nor the network's doing, so not to be dressed up as such.
  if (names.length === 0) return error;
  if (names.some((name) => MISSING.test(name))) return bytesMissing(error);
  if (names.some((name) => FULL.test(name))) return storageFull(error);
  return unavailable(adviceFor(names), error);
}

/** The storage is away, or refuses us. `advice` says to an operator what to look at. */
export function unavailable(advice: string, cause?: unknown): AppError {
  return new AppError(
    "unavailable",
    "The storage for recordings does not work right now. Try again in a moment, and tell an administrator if it stays so.",
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS, advice },
  );
}

function storageFull(cause: unknown): AppError {
  return new AppError(
    "insufficient_storage",
    "The storage for recordings is full. Delete recordings you no longer need, or ask an administrator for more room.",
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

function adviceFor(names: readonly string[]): string {
  const known = ADVICE.find(([pattern]) => names.some((name) => pattern.test(name)));
  return known?.[1] ?? `S3 answers with an error: ${names.join(" ")}.`;
}

/** What the error calls itself: S3's code, the system's, the SDK's own name, and the HTTP status. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const names: string[] = [];
  if (status !== undefined || /^(\w*Credentials\w*|TimeoutError|AbortError)$/.test(error.name)) {
    names.push(error.name);
  }
  if (typeof code === "string") names.push(code);
  if (status !== undefined) names.push(String(status));
  return names;
}
