#include "schema/advisory.h"

#define X(name, text) text,
static const char *const reasons[] = { "", ADVISORY_REASON_TABLE(X) };
static const char *const severities[] = { "", ADVISORY_SEVERITY_TABLE(X) };
static const char *const actions[] = { "", ADVISORY_ACTION_TABLE(X) };
static const char *const statuses[] = { "", ADVISORY_STATUS_TABLE(X) };
#undef X

const char *
advisory_reason_name(enum advisory_reason reason)
{
	return reasons[reason];
}

const char *
advisory_severity_name(enum advisory_severity severity)
{
	return severities[severity];
}

const char *
advisory_action_name(enum advisory_action action)
{
	return actions[action];
}

const char *
advisory_status_name(enum advisory_status status)
{
	return statuses[status];
}

static void
read_warning(struct object *o, struct advisory *ret)
{
	ret->reason = (enum advisory_reason)member_word(
	    o, "reason", reasons, ADVISORY_REASONS);
	ret->severity = (enum advisory_severity)member_word(
	    o, "severity", severities, ADVISORY_SEVERITIES);
	ret->action = (enum advisory_action)member_word(
	    o, "action", actions, ADVISORY_ACTIONS);
	if (ret->reason == ADVISORY_NO_REASON)
		object_fail_member(o, "reason", "missing");
	if (ret->severity == ADVISORY_NO_SEVERITY)
		object_fail_member(o, "severity", "missing");
	if (ret->action == ADVISORY_NO_ACTION)
		object_fail_member(o, "action", "missing");
}

static void
read_fixed_in(struct object *o, struct arena *arena, struct advisory *ret)
{
	json_value *value = object_optional_object(o, "fixedIn");

	if (value == NULL)
		return;
	if (ret->status != ADVISORY_FIXED)
		object_fail_member(o, "fixedIn", "only with the status fixed");
	if (o->err != ERR_OK)
		return;
	enum err err =
	    resource_read(value, true, arena, &ret->fixed_in, o->why);
	if (err == ERR_OK)
		ret->has_fixed_in = true;
	else
		o->err = object_within(o->why, err, "%s.fixedIn", o->path);
}

static void
read_answer(struct object *o, struct arena *arena, struct advisory *ret)
{
	ret->is_answer =
	    member_citation(o, "inReplyTo", arena, &ret->in_reply_to);
	ret->status = (enum advisory_status)member_word(
	    o, "status", statuses, ADVISORY_STATUSES);
	if (ret->status == ADVISORY_NO_STATUS)
		object_fail_member(o, "status", "missing");
	read_fixed_in(o, arena, ret);
}

void
advisory_read(struct object *o, struct arena *arena, struct advisory *ret)
{
	*ret = (struct advisory){ .is_answer = false };
	if (object_has(o, "inReplyTo"))
		read_answer(o, arena, ret);
	else
		read_warning(o, ret);
}
