"""On site: a place instead of a link."""

from jobdating.rooms.room import Meeting, Room, Way


def describe(meeting: Meeting) -> Room:
    return Room(Way.ON_SITE, meeting.provider, phone=meeting.phone, place=meeting.place)
