#include "client/tell.h"

#include <inttypes.h>

#include "client/show.h"

#define ID_DIGITS 12
#define REPLIES_SHOWN 10

/* ---- lines ---- */

static void
print_record(
    struct output *out, struct span principal, const struct hash *record)
{
	char id[HASH_TEXT_MAX];

	hash_print(record, id);
	output_print(out, "by ");
	output_safe(out, principal);
	output_print(out, ", record %.*s", ID_DIGITS, id);
}

static void
print_set(struct output *out, const struct taint_set *set)
{
	output_print(out, "  in         ");
	show_print_digest(out, &set->digest);
	output_print(out, "  ");
	output_safe(out, set->name);
	output_print(out, "  ");
	print_record(out, set->principal, &set->record);
	if (set->has_line) {
		size_t at = HASH_TEXT_LEN + 2;
		if (set->is_opened)
			at += 2 * MANIFEST_SALT_LEN + 1;
		output_print(out, ", line %" PRIu64 ": ", set->index + 1);
		output_safe(out, span_part(set->line, at, set->line.len));
		if (set->is_opened)
			output_print(
			    out, ", opened by entry %" PRIu64, set->disclosure);
	}
	output_print(out, "\n");
}

/* Anyone may answer; who published what it is about counts. */
static void
print_reply(struct output *out, const struct taint_reply *reply)
{
	output_print(out, "             answered: ");
	output_safe(out, reply->status);
	output_print(out, "  ");
	print_record(out, reply->principal, &reply->record);
	if (reply->is_publishers)
		output_print(out, ", its publisher");
	output_print(out, "\n");
}

static void
print_advisory(struct output *out, const struct taint_advisory *advisory)
{
	output_print(out, "  ");
	output_styled(out, OUTPUT_BAD, "advisory");
	output_print(out, "   ");
	output_safe(out, advisory->reason);
	output_print(out, ", ");
	output_safe(out, advisory->severity);
	output_print(out, ", ");
	output_safe(out, advisory->action);
	output_print(out, "  of ");
	show_print_digest(out, &advisory->subject);
	output_print(out, "  ");
	print_record(out, advisory->principal, &advisory->record);
	if (advisory->reply_count == 0)
		output_print(out, ", not answered");
	output_print(out, "\n");
	for (size_t i = 0; i < advisory->reply_count && i < REPLIES_SHOWN; i++)
		print_reply(out, &advisory->replies[i]);
	if (advisory->reply_count > REPLIES_SHOWN)
		output_print(out, "             … and %zu more answers\n",
		    advisory->reply_count - REPLIES_SHOWN);
}

/* Its first name, else its digest. */
static void
print_name(struct telling *telling, const struct digest *digest)
{
	struct output *out = telling->out;
	const struct taint *taint = telling->taint;

	for (size_t i = 0; i < taint->hit_count; i++) {
		const struct taint_hit *hit = &taint->hits[i];
		if (hit->name_count > 0 && digest_equal(&hit->digest, digest)) {
			output_safe(out, hit->names[0]);
			return;
		}
	}
	show_print_digest(out, digest);
}

static void
print_path(struct telling *telling, const struct taint_hit *hit)
{
	struct output *out = telling->out;

	output_print(out, "             ");
	for (size_t i = 0; i < hit->step_count; i++) {
		const struct taint_step *step = &hit->steps[i];
		if (i == 0)
			output_print(out, "it");
		output_print(out, " → ");
		if (step->role.len > 0) {
			output_safe(out, step->role);
			output_print(out, " of ");
		}
		print_name(telling, &step->to);
	}
	if (hit->step_count > 0) {
		const struct taint_step *last =
		    &hit->steps[hit->step_count - 1];
		output_print(out, "  ");
		print_record(out, last->principal, &last->record);
	}
	output_print(out, "\n");
}

static void
print_releases(struct output *out, const struct taint_hit *hit)
{
	for (size_t i = 0; i < hit->release_count; i++) {
		const struct taint_release *release = &hit->releases[i];
		output_print(out, "             ");
		output_styled(out, OUTPUT_WARN, "released");
		output_print(out, " as ");
		output_safe(out, release->name);
		output_print(out, " ");
		output_safe(out, release->version);
		output_print(out, "\n");
	}
}

static void
print_hit(struct telling *telling, const struct taint_hit *hit)
{
	struct output *out = telling->out;
	const char *kind = span_is(hit->kind, "direct") ? "direct"
	    : span_is(hit->kind, "via-model")		? "via model"
							: "via synth.";

	output_print(out, "  %-10s ", kind);
	show_print_digest(out, &hit->digest);
	output_print(out, "  ");
	if (hit->name_count > 0)
		output_safe(out, hit->names[0]);
	output_print(out, "  level %" PRIu64 "\n", hit->level);
	print_path(telling, hit);
	print_releases(out, hit);
}

static void
print_clean(struct output *out, const struct taint_release *release)
{
	output_print(out, "  ");
	output_styled(out, OUTPUT_GOOD, "clean");
	output_print(out, "      ");
	output_safe(out, release->name);
	output_print(out, " ");
	output_safe(out, release->version);
	output_print(out, "  ");
	output_safe(out, release->why);
	output_print(out, "\n");
}

/* The release that was asked for, where it is not among the clean ones. */
static void
print_asked_release(struct output *out, const struct taint_release *release)
{
	if (span_is(release->verdict, "no"))
		return;
	output_print(out, "  ");
	if (span_is(release->verdict, "yes"))
		output_styled(out, OUTPUT_BAD, "not clean");
	else
		output_styled(out, OUTPUT_WARN, "unknown");
	output_print(
	    out, "%s", span_is(release->verdict, "yes") ? "  " : "    ");
	output_safe(out, release->name);
	output_print(out, " ");
	output_safe(out, release->version);
	output_print(out, "  ");
	output_safe(out, release->why);
	output_print(out, "\n");
}

/* ---- one answer ---- */

/* A hit of an earlier answer, by other manifests, is told once. */
static bool
is_told(const struct telling *telling, const struct digest *digest)
{
	for (size_t i = 0; i < telling->count; i++) {
		if (digest_equal(&telling->told[i], digest))
			return true;
	}
	return false;
}

/* One way to know it is enough: a line of the manifest, where there is one. */
static bool
is_better_told(const struct taint *taint, const struct taint_set *set)
{
	if (set->has_line)
		return false;
	for (size_t i = 0; i < taint->set_count; i++) {
		if (taint->sets[i].has_line &&
		    digest_equal(&taint->sets[i].digest, &set->digest))
			return true;
	}
	return false;
}

static void
tell_hit(struct telling *telling, const struct taint_hit *hit)
{
	const struct taint *taint = telling->taint;

	for (size_t i = 0; i < taint->set_count; i++) {
		if (digest_equal(&taint->sets[i].digest, &hit->digest) &&
		    !is_better_told(taint, &taint->sets[i]))
			print_set(telling->out, &taint->sets[i]);
	}
	print_hit(telling, hit);
}

void
tell_taint(struct telling *telling, const struct taint *taint)
{
	size_t before = telling->count;

	telling->taint = taint;
	for (size_t i = 0; i < taint->hit_count; i++) {
		if (is_told(telling, &taint->hits[i].digest) ||
		    telling->count == TELL_HITS_MAX)
			continue;
		telling->told[telling->count++] = taint->hits[i].digest;
		tell_hit(telling, &taint->hits[i]);
	}
	for (size_t i = 0; i < taint->advisory_count; i++) {
		const struct taint_advisory *one = &taint->advisories[i];
		struct telling new = { .told = telling->told + before,
			.count = telling->count - before };
		/* of the file itself: at the first answer */
		if (telling->is_first || is_told(&new, &one->subject))
			print_advisory(telling->out, one);
	}
	for (size_t i = 0; telling->is_first && i < taint->clean_count; i++)
		print_clean(telling->out, &taint->clean[i]);
	if (telling->is_first && taint->has_release)
		print_asked_release(telling->out, &taint->release);
	telling->is_first = false;
}
