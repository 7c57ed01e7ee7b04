/* damage: which entries are known to be damaged, up to a bound. */
#include "tests/unit.h"

#include "daemon/damage.h"

static struct damage damage;

static void
test_known(void **state)
{
	static const uint64_t added[] = { 7, 7, 3, UINT64_MAX, 0, 3 };

	(void)state;
	damage = (struct damage){ 0 };
	assert_false(damage_has(&damage, 0));
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		damage_add(&damage, added[i]);
	assert_int_equal(5, damage.count); /* twice in a row is once */
	damage_sort(&damage);
	assert_true(damage_has(&damage, 0));
	assert_true(damage_has(&damage, 3));
	assert_true(damage_has(&damage, 7));
	assert_true(damage_has(&damage, UINT64_MAX));
	assert_false(damage_has(&damage, 1));
	assert_false(damage_has(&damage, 8));
}

static void
test_bound(void **state)
{
	(void)state;
	damage = (struct damage){ 0 };
	for (uint64_t i = 0; i < DAMAGE_MAX; i++)
		damage_add(&damage, i * 2);
	assert_true(damage_has(&damage, (DAMAGE_MAX - 1) * 2));
	assert_false(damage_has(&damage, 1));
	/* one more than can be known: then nothing is said to be whole */
	damage_add(&damage, DAMAGE_MAX * 2);
	assert_int_equal(DAMAGE_MAX + 1, damage.count);
	assert_true(damage_has(&damage, 1));
	damage_add(&damage, DAMAGE_MAX * 2);
	damage_sort(&damage);
	assert_true(damage_has(&damage, 1));
}

int
main(int argc, char **argv)
{
	UNIT(test_known);
	UNIT(test_bound);
	return unit_run(argc, argv);
}
