"""All faults by name. A new one is a class in a file of this folder, and a line here."""

from tests.faults import (
    doubled,
    drains,
    gateway_trouble,
    imports,
    killed,
    postgres_away,
    redis_away,
    stopped,
)
from tests.faults.fault import Fault

_ALL: tuple[type[Fault], ...] = (
    killed.SenderKilledWhileCalling,
    killed.SenderKilledWhileClaiming,
    killed.SenderKilledBeforeRecording,
    killed.EverybodyKilled,
    killed.BeatKilled,
    stopped.SenderStoppedPastItsLease,
    stopped.DeployedInMidCampaign,
    doubled.TwoBeats,
    doubled.TasksDeliveredTwice,
    doubled.TaskDeliveredAgainWhileItRuns,
    redis_away.RedisFlushed,
    redis_away.RedisStopped,
    redis_away.RedisRestarted,
    postgres_away.PostgresRestarted,
    postgres_away.PostgresAway,
    gateway_trouble.GatewayHangs,
    gateway_trouble.GatewayResets,
    gateway_trouble.GatewayAnswersGarbage,
    gateway_trouble.GatewayAccepts502,
    gateway_trouble.GatewayAcceptsSilently,
    gateway_trouble.GatewayOutage,
    gateway_trouble.GatewayRefuses,
    gateway_trouble.GatewayClosesIdleConnections,
    drains.DrainKilledBeforeItsCommit,
    drains.DrainKilledAfterItsCommit,
    drains.DeadlyReceipt,
    imports.ImportKilled,
)
FAULTS = {fault.name(): fault for fault in _ALL}
