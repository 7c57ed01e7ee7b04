#!/bin/sh
exec "$HW_BUILD/tests/fault/killer" starve
